output "role_arn" {
  description = "The read role."
  value       = aws_iam_role.read.arn
}
