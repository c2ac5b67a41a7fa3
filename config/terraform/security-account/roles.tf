resource "aws_iam_role" "task" {
  name_prefix        = "orgscan-task-"
  description        = "orgscan runs as this role; the read roles trust it by its ARN."
  assume_role_policy = jsonencode(local.service_trust["ecs-tasks.amazonaws.com"])
}

resource "aws_iam_role_policy" "caller" {
  name   = "orgscan-caller"
  role   = aws_iam_role.task.id
  policy = jsonencode(local.caller_policy)
}

resource "aws_iam_role" "execution" {
  name_prefix        = "orgscan-execution-"
  description        = "Pulls orgscan's image and writes its logs."
  assume_role_policy = jsonencode(local.service_trust["ecs-tasks.amazonaws.com"])
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role" "scheduler" {
  name_prefix        = "orgscan-scheduler-"
  description        = "Starts orgscan's task."
  assume_role_policy = jsonencode(local.service_trust["scheduler.amazonaws.com"])
}

resource "aws_iam_role_policy" "start" {
  name   = "start"
  role   = aws_iam_role.scheduler.id
  policy = jsonencode(local.start_policy)
}
