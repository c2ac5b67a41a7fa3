variable "principal_arn" {
  description = "The role that orgscan runs as (task_role_arn of the security account)."
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
  description = "As role_name in orgscan's configuration."
  type        = string
  default     = "orgscan-audit"
}

variable "external_id" {
  description = "What the caller has to know, too; empty asks for nothing."
  type        = string
  default     = ""
}

variable "organizational_unit_ids" {
  description = "Where to: the root (r-...), or units (ou-...)."
  type        = list(string)
}

variable "call_as" {
  description = "SELF in the management account, DELEGATED_ADMIN in a delegated administrator."
  type        = string
  default     = "SELF"

  validation {
    condition     = contains(["SELF", "DELEGATED_ADMIN"], var.call_as)
    error_message = "SELF or DELEGATED_ADMIN."
  }
}
