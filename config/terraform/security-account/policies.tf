# What each role may do and whom it trusts. Nothing here asks AWS, so that it can be read on its own.

locals {
  # What `orgscan iam caller --org-id` prints for the task's own settings: of every sweep, and then of
  # where its runs go.
  caller_policy = {
    Version   = "2012-10-17"
    Statement = concat(local.sweep_statements, local.delivery_statements)
  }

  sweep_statements = jsondecode(templatefile("${path.module}/caller-policy.json.tftpl", {
    partition       = local.partition
    role_name       = var.role_name
    organization_id = var.organization_id
  })).Statement

  delivery_statements = [
    {
      Sid      = "TheBucketOfRuns"
      Effect   = "Allow"
      Action   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
      Resource = local.bucket_arn
    },
    {
      Sid      = "TheObjectsOfRuns"
      Effect   = "Allow"
      Action   = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts"]
      Resource = "${local.bucket_arn}/orgscan/*"
    },
    {
      Sid      = "TheKeyOfDeliveredObjects"
      Effect   = "Allow"
      Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource = local.data_key_arn
    },
    {
      Sid      = "TheBucketsObjectLock"
      Effect   = "Allow"
      Action   = ["s3:GetBucketObjectLockConfiguration"]
      Resource = local.bucket_arn
    },
    {
      Sid      = "TheRetentionOfDeliveredObjects"
      Effect   = "Allow"
      Action   = ["s3:PutObjectRetention"]
      Resource = "${local.bucket_arn}/orgscan/*"
    },
    {
      Sid      = "TheSignatureOfEvidence"
      Effect   = "Allow"
      Action   = ["kms:GetPublicKey", "kms:Sign"]
      Resource = local.signing_key_arn
    },
    {
      Sid      = "NoticesToPeople"
      Effect   = "Allow"
      Action   = ["sns:Publish"]
      Resource = local.topic_arn
    },
  ]

  start_policy = {
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = local.task_definition_arn
        Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arn } }
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [local.task_role_arn, local.execution_role_arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  }

  # Only on behalf of this account.
  service_trust = {
    for service in ["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"] : service => {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      }]
    }
  }

  account_statement = {
    Sid       = "ThisAccount"
    Effect    = "Allow"
    Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
    Action    = "kms:*"
    Resource  = "*"
  }

  signing_key_policy = {
    Version   = "2012-10-17"
    Statement = [local.account_statement]
  }

  data_key_policy = {
    Version = "2012-10-17"
    Statement = [
      local.account_statement,
      # An alarm tells an encrypted topic; CloudWatch brings no condition key along for that.
      {
        Sid       = "TheAlarmTellsTheTopic"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
      {
        Sid       = "TheLogsOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action = [
          "kms:Decrypt",
          "kms:Encrypt",
          "kms:ReEncrypt*",
          "kms:GenerateDataKey*",
          "kms:DescribeKey",
        ]
        Resource = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:${local.partition}:logs:${local.region}:${local.account_id}:*"
          }
        }
      },
    ]
  }

  bucket_policy = {
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [local.bucket_arn, "${local.bucket_arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  }

  # The settings of orgscan, as variables of the container.
  environment = merge(
    {
      ORGSCAN_ROLE_NAME = var.role_name
      # The read role is in this account too: its sessions are cut down to reading.
      ORGSCAN_OWN_ACCOUNT       = "assume"
      ORGSCAN_EXIT_ZERO         = "true"
      ORGSCAN_METRICS           = "emf"
      ORGSCAN_RUN_LOCK          = "bucket"
      ORGSCAN_DELIVER_S3        = "s3://${local.bucket}/orgscan"
      ORGSCAN_DELIVER_KMS_KEY   = local.data_key_arn
      ORGSCAN_DELIVER_LOCK_MODE = "COMPLIANCE"
      ORGSCAN_DELIVER_LOCK_DAYS = tostring(var.retention_days)
      ORGSCAN_DELIVER_SNS_TOPIC = local.topic_arn
      ORGSCAN_SIGNING_KMS_KEY   = local.signing_key_arn
    },
    var.external_id == "" ? {} : { ORGSCAN_EXTERNAL_ID = var.external_id },
  )
}
