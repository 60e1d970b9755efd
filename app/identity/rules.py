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


def may(role: str, operation: str) -> bool:
    """Say whether a role may call an operation of the API, by its operation id."""
    return role in WHO_MAY.get(operation, frozenset())


_EVERYBODY = frozenset(Role)
_INTAKE = frozenset({Role.INTAKE, Role.OPERATOR})
_LEADS = frozenset({Role.TEAM_LEAD})
_SEES_REQUESTS = frozenset({Role.INTAKE, Role.OPERATOR, Role.CASEWORKER, Role.TEAM_LEAD, Role.REFERRER})
_WORKS_ON_REQUESTS = frozenset({Role.INTAKE, Role.OPERATOR, Role.CASEWORKER, Role.TEAM_LEAD})
_DESK = frozenset({Role.OPERATOR, Role.TEAM_LEAD})

WHO_MAY: dict[str, frozenset[Role]] = {
    # help requests
    "receiveHelpRequest": _INTAKE | _LEADS,
    "listHelpRequests": _SEES_REQUESTS,
    "searchHelpRequests": _SEES_REQUESTS,
    "getHelpRequest": _SEES_REQUESTS,
    "changeHelpRequest": _INTAKE | _LEADS,
    "explainHelpRequest": _LEADS,
    "explainChoice": _LEADS,
    "listHelpRequestEvents": _WORKS_ON_REQUESTS,
    "addContact": _WORKS_ON_REQUESTS,
    "acknowledgeCrisis": _LEADS,
    "closeHelpRequest": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "withdrawHelpRequest": _INTAKE | _LEADS,
    "reopenHelpRequest": _INTAKE | _LEADS,
    "listChanges": _SEES_REQUESTS,
    # who can take this
    "recommend": _DESK,
    "createHold": _DESK,
    "releaseHold": _DESK,
    # rounds and decisions
    "requestRound": _LEADS,
    "listRounds": _LEADS,
    "getRound": _LEADS,
    "runScenario": _LEADS,
    "listProposals": _LEADS,
    "getProposal": _LEADS,
    "decideProposal": _LEADS,
    "decideProposals": _LEADS,
    "reverseDecision": _LEADS,
    # assignments
    "listAssignments": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "getAssignment": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "createAssignment": _LEADS,
    "changeAssignment": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "transferAssignment": _LEADS,
    "endAssignment": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "returnAssignment": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    # caseworkers
    "listCaseworkers": frozenset({Role.TEAM_LEAD, Role.ADMIN}),
    "getCaseworker": frozenset({Role.CASEWORKER, Role.TEAM_LEAD, Role.ADMIN}),
    "createCaseworker": frozenset({Role.ADMIN}),
    "changeCaseworker": frozenset({Role.ADMIN}),
    "addAbsence": frozenset({Role.CASEWORKER, Role.TEAM_LEAD, Role.ADMIN}),
    "withdrawAbsence": frozenset({Role.CASEWORKER, Role.TEAM_LEAD, Role.ADMIN}),
    "confirmLoad": frozenset({Role.CASEWORKER, Role.TEAM_LEAD}),
    "importCaseworkers": frozenset({Role.ADMIN}),
    # the city and the policy
    "listLocations": _EVERYBODY,
    "listDistricts": _EVERYBODY,
    "listTopics": _EVERYBODY,
    "listCodeLists": _EVERYBODY,
    "listPolicies": frozenset({Role.TEAM_LEAD, Role.ANALYST, Role.ADMIN}),
    "getPolicy": frozenset({Role.TEAM_LEAD, Role.ANALYST, Role.ADMIN}),
    "createPolicy": frozenset({Role.ADMIN}),
}
"""Operation id → roles. What is not written here is denied to all."""
