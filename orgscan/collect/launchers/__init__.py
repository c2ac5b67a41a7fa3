"""What starts ECS tasks besides services: one optional collector for each AWS service."""
