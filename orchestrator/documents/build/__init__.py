"""Builds a `Profile` from data with places, and notes everything that it mentions."""

from orchestrator.documents.build.profile import build_profile

__all__ = ["build_profile"]
