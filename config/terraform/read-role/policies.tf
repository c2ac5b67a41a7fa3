# Nothing here asks AWS, so that it can be read on its own.

locals {
  # What `orgscan iam --all` prints.
  read_policy = jsondecode(file("${path.module}/read-policy.json"))

  # What `orgscan iam trust` prints.
  trust_policy = {
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OrgscanAlone"
      Effect    = "Allow"
      Principal = { AWS = var.principal_arn }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = merge(
          { "aws:PrincipalOrgID" = var.organization_id },
          var.external_id == "" ? {} : { "sts:ExternalId" = var.external_id },
        )
      }
    }]
  }
}
