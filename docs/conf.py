"""The site made of these pages: `make docs`, strictly."""

from orgscan import __version__

project = "orgscan"
release = __version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"orgscan {release}"
html_show_copyright = False
# Pages link to files of the repository by their paths; those are copied to the site.
myst_heading_anchors = 3
