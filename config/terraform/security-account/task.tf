resource "aws_cloudwatch_log_group" "this" {
  name_prefix       = "orgscan-"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.data.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_ecs_cluster" "this" {
  name = "orgscan"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = "orgscan"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  task_role_arn            = aws_iam_role.task.arn
  execution_role_arn       = aws_iam_role.execution.arn

  volume {
    name = "reports"
  }

  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = "orgscan"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    stopTimeout            = 30
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    mountPoints = [
      { sourceVolume = "reports", containerPath = "/reports" },
      { sourceVolume = "tmp", containerPath = "/tmp" },
    ]
    environment = [for name, value in local.environment : { name = name, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "orgscan"
      }
    }
  }])
}

resource "aws_security_group" "no_way_in" {
  name_prefix = "orgscan-"
  description = "orgscan calls AWS over TLS, and nobody calls it."
  vpc_id      = var.vpc_id
}

resource "aws_vpc_security_group_egress_rule" "endpoints" {
  security_group_id = aws_security_group.no_way_in.id
  description       = "AWS's endpoints"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_scheduler_schedule" "sweep" {
  name_prefix                  = "orgscan-"
  description                  = "orgscan sweeps the organization."
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = "UTC"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = aws_iam_role.scheduler.arn

    retry_policy {
      maximum_retry_attempts = 3
    }

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this.arn
      launch_type         = "FARGATE"
      task_count          = 1

      network_configuration {
        assign_public_ip = false
        security_groups  = [aws_security_group.no_way_in.id]
        subnets          = var.subnet_ids
      }
    }
  }
}
