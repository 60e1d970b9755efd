"""When this happens, also do that: one line each, in the transaction of what happened."""

from app.assignments import events as assignments
from app.caseworkers import events as caseworkers
from app.help_requests import events as help_requests
from app.kit import events
from app.policy import events as policy
from app.rounds import events as rounds
from app.rounds import jobs

CONSEQUENCES: dict[type[events.Event], tuple[events.Handler, ...]] = {
    # a request comes in, changes, or ends
    help_requests.HelpRequestReceived: (jobs.after_intake,),
    help_requests.HelpRequestChanged: (jobs.after_correction,),
    help_requests.HelpRequestReopened: (jobs.after_correction,),
    help_requests.AgeSettled: (jobs.after_change,),
    help_requests.CaseworkerExcluded: (jobs.after_change,),
    help_requests.HelpRequestPostponed: (jobs.after_change,),
    help_requests.HelpRequestClosed: (jobs.after_end_of_request,),
    help_requests.HelpRequestWithdrawn: (jobs.after_end_of_request,),
    # load changes
    assignments.AssignmentStarted: (jobs.after_assignment,),
    assignments.AssignmentChanged: (jobs.after_change,),
    assignments.AssignmentEnded: (jobs.after_change,),
    assignments.HoldReleased: (jobs.after_change,),
    # who is there, and what they can take
    caseworkers.CaseworkerAdded: (jobs.after_change,),
    caseworkers.CaseworkerChanged: (jobs.after_change,),
    caseworkers.AbsenceAdded: (jobs.after_change,),
    caseworkers.AbsenceWithdrawn: (jobs.after_change,),
    caseworkers.LoadConfirmed: (jobs.after_change,),
    policy.PolicyAdded: (jobs.after_change,),
    # people decide; accepting a proposal as it is changes nothing for the others
    rounds.ProposalRejected: (jobs.after_change,),
    rounds.DecisionReversed: (jobs.after_change,),
    rounds.RoundRequested: (jobs.start_requested,),
}


def connect() -> None:
    """Make this the list of consequences of this process."""
    events.listen(CONSEQUENCES)
