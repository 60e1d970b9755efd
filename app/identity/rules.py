"""Roles, and who may do what: one table, from which everything else is denied."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the service; a key has exactly one."""

    INTAKE = "intake"
    OPERATOR = "operator"
    CASEWORKER = "caseworker"
    TEAM_LEAD = "team_lead"
    BROKER = "broker"
    REFERRER = "referrer"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMIN = "admin"
