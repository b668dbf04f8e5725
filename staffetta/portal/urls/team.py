"""Addresses of the team, of invitations, and of sends that wait for a second person."""

from django.urls import path

from staffetta.portal.views import approvals, invitation, team

urlpatterns = [
    path("account/team/", team.page, name="team"),
    path("account/team/invite/", team.invite, name="team-invite"),
    path("account/team/invitations/<int:invitation_id>/again/", team.invite_again, name="team-invite-again"),
    path("account/team/invitations/<int:invitation_id>/revoke/", team.revoke, name="team-invite-revoke"),
    path("account/team/<int:user_id>/role/", team.change_role, name="team-role"),
    path("account/team/<int:user_id>/close/", team.close, name="team-close"),
    path("account/team/<int:user_id>/open/", team.open_again, name="team-open"),
    path("account/team/approval/", team.set_rule, name="team-approval"),
    path("invitation/<str:token>/", invitation.page, name="invitation"),
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<int:draft_id>/approve/", approvals.approve, name="approval-approve"),
    path("approvals/<int:draft_id>/refuse/", approvals.refuse, name="approval-refuse"),
    path("approvals/<int:draft_id>/withdraw/", approvals.withdraw, name="approval-withdraw"),
]
