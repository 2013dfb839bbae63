"""The contract beside the OpenAPI document that a server publishes of itself."""
