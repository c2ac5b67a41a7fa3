resource "aws_cloudwatch_log_metric_filter" "run_finished" {
  name           = "orgscan-run-finished"
  log_group_name = aws_cloudwatch_log_group.this.name
  # The last line of a run that is whole, and delivered.
  pattern = "{ $.message = \"Run finished*\" }"

  metric_transformation {
    namespace = "orgscan"
    name      = "RunsFinished"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "no_run" {
  alarm_name          = "orgscan-no-run"
  alarm_description   = "No orgscan run has finished and been delivered for too long."
  namespace           = "orgscan"
  metric_name         = "RunsFinished"
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = var.alarm_after_hours
  datapoints_to_alarm = var.alarm_after_hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.notices.arn]
}
