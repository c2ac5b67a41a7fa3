variable "organization_id" {
  description = "The organization, o-..."
  type        = string

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "An organization's id is o- and 10 to 32 letters and digits."
  }
}

variable "image" {
  description = "The container image, by its digest."
  type        = string
}

variable "vpc_id" {
  description = "The VPC of the subnets."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets with a way out to AWS's endpoints."
  type        = list(string)
}

variable "schedule_expression" {
  description = "When to sweep, in UTC."
  type        = string
  default     = "cron(0 2 * * ? *)"
}

variable "role_name" {
  description = "The read role in every account."
  type        = string
  default     = "orgscan-audit"
}

variable "external_id" {
  description = "What the read role asks for, too; empty for nothing."
  type        = string
  default     = ""
}

variable "retention_days" {
  description = "How long a delivered run cannot be deleted."
  type        = number
  default     = 365

  validation {
    condition     = var.retention_days >= 1
    error_message = "A run is kept for a day at least."
  }
}

variable "alarm_after_hours" {
  description = "The alarm rings where no run has finished for so many hours."
  type        = number
  default     = 26

  validation {
    condition     = var.alarm_after_hours >= 2 && var.alarm_after_hours <= 168
    error_message = "CloudWatch looks back over 2 to 168 hours."
  }
}

variable "alarm_email" {
  description = "Who is told; empty for nobody yet."
  type        = string
  default     = ""
}
