# The read role of every member account, those that join later too: a service-managed StackSet of the
# CloudFormation template. It does not reach the management account: use ../read-role there.

resource "aws_cloudformation_stack_set" "read" {
  name             = "orgscan-read"
  description      = "The role that orgscan reads by."
  permission_model = "SERVICE_MANAGED"
  call_as          = var.call_as
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  template_body    = file("${path.module}/../../aws/member-read-role.yaml")

  parameters = {
    PrincipalArn   = var.principal_arn
    OrganizationId = var.organization_id
    RoleName       = var.role_name
    ExternalId     = var.external_id
  }

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  lifecycle {
    # The provider reads it back, and it is not of this permission model.
    ignore_changes = [administration_role_arn]
  }
}

resource "aws_cloudformation_stack_set_instance" "read" {
  stack_set_name = aws_cloudformation_stack_set.read.name
  call_as        = var.call_as

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids
  }

  operation_preferences {
    max_concurrent_percentage    = 50
    failure_tolerance_percentage = 10
  }
}
