output "task_role_arn" {
  description = "principal_arn of the read role."
  value       = aws_iam_role.task.arn
}

output "bucket" {
  description = "Where runs are kept."
  value       = aws_s3_bucket.runs.id
}

output "signing_key_arn" {
  description = "Its public half checks bundles: aws kms get-public-key."
  value       = aws_kms_key.signing.arn
}
