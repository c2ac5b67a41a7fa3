# The security account: the scheduled sweep, and where its runs are kept; the same as
# ../../aws/security-account.yaml. Apply it in the account that is a delegated administrator of the
# organization (or in the management account), in one region. Private subnets need a way out to AWS's
# endpoints; the task has no public address, of course.

data "aws_partition" "this" {}
data "aws_caller_identity" "this" {}
data "aws_region" "this" {}

locals {
  partition  = data.aws_partition.this.partition
  account_id = data.aws_caller_identity.this.account_id
  region     = data.aws_region.this.id

  bucket              = aws_s3_bucket.runs.id
  bucket_arn          = aws_s3_bucket.runs.arn
  data_key_arn        = aws_kms_key.data.arn
  signing_key_arn     = aws_kms_key.signing.arn
  topic_arn           = aws_sns_topic.notices.arn
  cluster_arn         = aws_ecs_cluster.this.arn
  task_definition_arn = aws_ecs_task_definition.this.arn
  task_role_arn       = aws_iam_role.task.arn
  execution_role_arn  = aws_iam_role.execution.arn
}
