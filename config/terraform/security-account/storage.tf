# Keys, the bucket, and the topic. Bucket, keys and logs are evidence: to destroy the module, take them
# out of its state first (`terraform state rm`).

resource "aws_kms_key" "data" {
  description         = "Encrypts orgscan's runs, notices and logs."
  enable_key_rotation = true
  policy              = jsonencode(local.data_key_policy)

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key" "signing" {
  description              = "Signs orgscan's evidence."
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  policy                   = jsonencode(local.signing_key_policy)

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket" "runs" {
  bucket_prefix       = "orgscan-"
  object_lock_enabled = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "runs" {
  bucket = aws_s3_bucket.runs.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_ownership_controls" "runs" {
  bucket = aws_s3_bucket.runs.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "runs" {
  bucket                  = aws_s3_bucket.runs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "runs" {
  bucket = aws_s3_bucket.runs.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "runs" {
  bucket = aws_s3_bucket.runs.id

  rule {
    id     = "uploads-that-broke-off"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "locks-of-old-runs"
    status = "Enabled"

    filter {
      prefix = "orgscan/run-lock.json"
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  # Which is what keeps old versions at all.
  depends_on = [aws_s3_bucket_versioning.runs]
}

resource "aws_s3_bucket_policy" "runs" {
  bucket = aws_s3_bucket.runs.id
  policy = jsonencode(local.bucket_policy)

  # Two changes of one bucket's access at a time are refused.
  depends_on = [aws_s3_bucket_public_access_block.runs]
}

resource "aws_sns_topic" "notices" {
  name_prefix       = "orgscan-"
  kms_master_key_id = aws_kms_key.data.arn
}

resource "aws_sns_topic_subscription" "somebody" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.notices.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}
