# The remediate role of one account, the same as ../../aws/member-remediate-role.yaml: only in accounts
# that an allowlist names, and only if orgscan is to change something there.

data "aws_partition" "this" {}
data "aws_caller_identity" "this" {}

locals {
  partition  = data.aws_partition.this.partition
  account_id = data.aws_caller_identity.this.account_id
}

resource "aws_iam_role" "remediate" {
  name                 = var.role_name
  description          = "Used by orgscan remediate; see docs/remediation.md of orgscan."
  max_session_duration = 3600
  assume_role_policy   = jsonencode(local.trust_policy)
}

resource "aws_iam_role_policy" "remediate" {
  name   = "orgscan-remediate"
  role   = aws_iam_role.remediate.id
  policy = jsonencode(local.remediate_policy)
}
