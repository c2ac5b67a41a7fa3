resource "aws_cloudwatch_metric_alarm" "no_run" {
  alarm_name        = "orgscan-no-run"
  alarm_description = "No orgscan run has come to its end and been delivered for too long."
  # What ORGSCAN_METRICS=emf writes into the log.
  namespace           = "orgscan"
  metric_name         = "SuccessfulRuns"
  dimensions          = { Organization = var.organization_id }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = var.alarm_after_hours
  datapoints_to_alarm = var.alarm_after_hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.notices.arn]
}
