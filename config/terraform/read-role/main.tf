# The read role of one account, the same as ../../aws/member-read-role.yaml; for the management account,
# which a StackSet does not reach, and for whoever makes every account by Terraform.
# ../organization gives it to all the others at once.

resource "aws_iam_role" "read" {
  name                 = var.role_name
  description          = "Read by orgscan; see docs/permissions.md of orgscan."
  max_session_duration = 3600
  assume_role_policy   = jsonencode(local.trust_policy)
}

resource "aws_iam_role_policy" "read" {
  name   = "orgscan-read"
  role   = aws_iam_role.read.id
  policy = jsonencode(local.read_policy)
}
