variable "principal_arn" {
  description = "The role that runs `orgscan remediate apply`; another one than the scheduled sweep's."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", var.principal_arn))
    error_message = "Name one role by its ARN, never an account."
  }
}

variable "organization_id" {
  description = "The organization, o-..."
  type        = string

  validation {
    condition     = can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "An organization's id is o- and 10 to 32 letters and digits."
  }
}

variable "role_name" {
  description = "As remediate_role in orgscan's configuration."
  type        = string
  default     = "orgscan-remediate"
}

variable "external_id" {
  description = "What the caller has to know, too; empty asks for nothing."
  type        = string
  default     = ""
}

variable "task_role_path" {
  description = "Task and execution roles that may be passed, as the end of their ARN."
  type        = string
  default     = "*"
}
