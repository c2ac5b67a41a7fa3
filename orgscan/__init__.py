"""orgscan: which ECS task sets of an AWS organization can get a public IP, and the proof."""

__version__ = "0.1.0"
