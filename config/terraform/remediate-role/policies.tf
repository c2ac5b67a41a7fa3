# Nothing here asks AWS, so that it can be read on its own.

locals {
  # What `orgscan iam remediate-role` prints, for the roles of this account.
  remediate_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "TaskSets"
        Effect = "Allow"
        Action = [
          "ecs:CreateTaskSet",
          "ecs:UpdateTaskSet",
          "ecs:UpdateServicePrimaryTaskSet",
          "ecs:DeleteTaskSet",
          "ecs:TagResource",
        ]
        Resource = "*"
      },
      {
        Sid      = "Services"
        Effect   = "Allow"
        Action   = ["ecs:UpdateService"]
        Resource = "*"
      },
      {
        Sid    = "DeploymentsOfCodeDeploy"
        Effect = "Allow"
        Action = [
          "codedeploy:CreateDeployment",
          "codedeploy:StopDeployment",
          "codedeploy:ContinueDeployment",
          "codedeploy:GetDeploymentConfig",
          "codedeploy:GetApplicationRevision",
          "codedeploy:RegisterApplicationRevision",
        ]
        Resource = "*"
      },
      {
        Sid       = "TheRolesOfTasks"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = "arn:${local.partition}:iam::${local.account_id}:role/${var.task_role_path}"
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  }

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
