output "role_arn" {
  description = "The remediate role."
  value       = aws_iam_role.remediate.arn
}
