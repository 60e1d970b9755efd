"""The tables of the main job."""

import sqlalchemy as sa
from alembic import op
from app.kit.events import Xid8
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_lines",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_lines")),
        sa.UniqueConstraint("object_id", "sequence", name=op.f("uq_audit_lines_object_id_sequence")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "intake",
                "operator",
                "caseworker",
                "team_lead",
                "broker",
                "referrer",
                "analyst",
                "auditor",
                "admin",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locations", postgresql.ARRAY(sa.String()), nullable=True),
        sa.Column("caseworker_id", sa.Uuid(), nullable=True),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_clients_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_clients_name")),
    )
    op.create_table(
        "closed_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_nl", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("counts_by_law", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_days")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("subject_id", "sequence", name=op.f("uq_events_subject_id_sequence")),
    )
    op.create_index(op.f("ix_events_transaction_id_id"), "events", ["transaction_id", "id"], unique=False)
    op.create_table(
        "idempotency_keys",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
    op.create_table(
        "locations",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_locations")),
    )
    op.create_table(
        "policy_versions",
        sa.Column("version", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=False),
        sa.Column("document", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy_versions")),
    )
    op.create_table(
        "topics",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_nl", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_topics")),
    )
    op.create_table(
        "caseworkers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("location_code", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("levels", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("attributes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("working_days", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        sa.Column("maximum_minutes", sa.Integer(), nullable=False),
        sa.Column("new_per_week", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("load_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("new_per_week >= 0", name=op.f("ck_caseworkers_pace_not_negative")),
        sa.CheckConstraint("target_minutes <= maximum_minutes", name=op.f("ck_caseworkers_target_within_maximum")),
        sa.CheckConstraint("target_minutes >= 0", name=op.f("ck_caseworkers_target_not_negative")),
        sa.ForeignKeyConstraint(["location_code"], ["locations.code"], name=op.f("fk_caseworkers_location_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseworkers")),
        sa.UniqueConstraint("code", name=op.f("uq_caseworkers_code")),
    )
    op.create_index(op.f("ix_caseworkers_location_code"), "caseworkers", ["location_code"], unique=False)
    op.create_table(
        "districts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location_code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["location_code"], ["locations.code"], name=op.f("fk_districts_location_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_districts")),
    )
    op.create_table(
        "rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "running", "done", "failed", name="roundstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "trigger",
            sa.Enum("demand", "intake", "change", "timetable", name="trigger", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("effort", sa.Integer(), nullable=False),
        sa.Column("versions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("request_count", sa.Integer(), nullable=True),
        sa.Column("placed_count", sa.Integer(), nullable=True),
        sa.Column("kept_count", sa.Integer(), nullable=True),
        sa.Column("tiers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unplaced", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("optimal", sa.Boolean(), nullable=True),
        sa.Column("reproducible", sa.Boolean(), nullable=True),
        sa.Column("fallback", sa.Boolean(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("solver_milliseconds", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["policy_version"], ["policy_versions.version"], name=op.f("fk_rounds_policy_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_absences_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["caseworker_id"], ["caseworkers.id"], name=op.f("fk_absences_caseworker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_caseworker_id"), "absences", ["caseworker_id"], unique=False)
    op.create_table(
        "help_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "assigned",
                "closed",
                "referred",
                "withdrawn",
                "erased",
                name="status",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("other_topics", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column(
            "urgency",
            sa.Enum("crisis", "urgent", "normal", name="urgency", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "threat",
            sa.Enum(
                "eviction",
                "energy",
                "water",
                "health-insurance",
                "safety",
                "other",
                name="threat",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "weight",
            sa.Enum("light", "medium", "heavy", name="weight", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "concerns",
            sa.Enum("self", "other-adult", "child", name="concerns", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("adult", sa.Boolean(), nullable=True),
        sa.Column("district_code", sa.Text(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "phone",
                "email",
                "walk-in",
                "form",
                "referrer",
                "other",
                name="channel",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("asked_level", sa.Integer(), nullable=True),
        sa.Column("asked_effort_minutes", sa.Integer(), nullable=True),
        sa.Column("required_languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("preferred_languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("interpreter_allowed", sa.Boolean(), nullable=False),
        sa.Column("required_attributes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("preferred_location_code", sa.Text(), nullable=True),
        sa.Column("previous_caseworker_id", sa.Uuid(), nullable=True),
        sa.Column("wait_for_caseworker_id", sa.Uuid(), nullable=True),
        sa.Column("wait_for_until", sa.Date(), nullable=True),
        sa.Column("not_before_on", sa.Date(), nullable=True),
        sa.Column("person_reference", sa.Text(), nullable=True),
        sa.Column("household_reference", sa.Text(), nullable=True),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("klantcontact_uuid", sa.Uuid(), nullable=True),
        sa.Column("internetaak_uuid", sa.Uuid(), nullable=True),
        sa.Column("zaak_url", sa.Text(), nullable=True),
        sa.Column("legal_reports", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("external_deadline", sa.Date(), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "completed",
                "information",
                "walk-in",
                "activity",
                "no-contact",
                "moved",
                "deceased",
                "duplicate",
                name="outcome",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_code"], ["districts.code"], name=op.f("fk_help_requests_district_code")
        ),
        sa.ForeignKeyConstraint(
            ["preferred_location_code"], ["locations.code"], name=op.f("fk_help_requests_preferred_location_code")
        ),
        sa.ForeignKeyConstraint(
            ["previous_caseworker_id"], ["caseworkers.id"], name=op.f("fk_help_requests_previous_caseworker_id")
        ),
        sa.ForeignKeyConstraint(["received_by"], ["clients.id"], name=op.f("fk_help_requests_received_by")),
        sa.ForeignKeyConstraint(["topic"], ["topics.code"], name=op.f("fk_help_requests_topic")),
        sa.ForeignKeyConstraint(
            ["wait_for_caseworker_id"], ["caseworkers.id"], name=op.f("fk_help_requests_wait_for_caseworker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_requests")),
        sa.UniqueConstraint("reference", name=op.f("uq_help_requests_reference")),
    )
    op.create_index(
        op.f("ix_help_requests_external_reference"), "help_requests", ["external_reference"], unique=False
    )
    op.create_index(
        op.f("ix_help_requests_household_reference"), "help_requests", ["household_reference"], unique=False
    )
    op.create_index(op.f("ix_help_requests_person_reference"), "help_requests", ["person_reference"], unique=False)
    op.create_index(op.f("ix_help_requests_received_by"), "help_requests", ["received_by"], unique=False)
    op.create_index(op.f("ix_help_requests_status_id"), "help_requests", ["status", "id"], unique=False)
    op.create_index(
        "ix_help_requests_waiting",
        "help_requests",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "opening_loads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column(
            "weight",
            sa.Enum("light", "medium", "heavy", name="weight", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "phase",
            sa.Enum("start", "active", "aftercare", name="phase", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("effort_minutes", sa.Integer(), nullable=False),
        sa.Column("expected_end_on", sa.Date(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["caseworker_id"], ["caseworkers.id"], name=op.f("fk_opening_loads_caseworker_id")
        ),
        sa.ForeignKeyConstraint(["topic"], ["topics.code"], name=op.f("fk_opening_loads_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_loads")),
    )
    op.create_index(
        "ix_opening_loads_open",
        "opening_loads",
        ["caseworker_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "access_list",
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_access_list_client_id")),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_requests.id"], name=op.f("fk_access_list_help_request_id")
        ),
        sa.PrimaryKeyConstraint("help_request_id", "client_id", "granted_at", name=op.f("pk_access_list")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum("lead", "consult", name="kind", native_enum=False, length=32), nullable=False),
        sa.Column(
            "purpose", sa.Enum("case", "outreach", name="purpose", native_enum=False, length=32), nullable=False
        ),
        sa.Column(
            "phase",
            sa.Enum("start", "active", "aftercare", name="phase", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("effort_minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "completed",
                "transferred",
                "returned",
                "reversed",
                "closed",
                name="endreason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("over_maximum", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("effort_minutes >= 0", name=op.f("ck_assignments_effort_not_negative")),
        sa.ForeignKeyConstraint(["caseworker_id"], ["caseworkers.id"], name=op.f("fk_assignments_caseworker_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["clients.id"], name=op.f("fk_assignments_decided_by")),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_requests.id"], name=op.f("fk_assignments_help_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(
        op.f("ix_assignments_caseworker_id_started_at"),
        "assignments",
        ["caseworker_id", "started_at"],
        unique=False,
    )
    op.create_index(op.f("ix_assignments_help_request_id"), "assignments", ["help_request_id"], unique=False)
    op.create_index(
        "ix_assignments_open",
        "assignments",
        ["caseworker_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_assignments_one_open_lead",
        "assignments",
        ["help_request_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL AND kind = 'lead'"),
    )
    op.create_table(
        "clocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "call-back",
                "start",
                "wmo",
                "wmo-application",
                "wgs",
                "wgs-decision",
                "wgs-threat",
                "external-deadline",
                name="clockname",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["help_request_id"], ["help_requests.id"], name=op.f("fk_clocks_help_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index(op.f("ix_clocks_help_request_id"), "clocks", ["help_request_id"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("call", "conversation", "visit", name="contactkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_requests.id"], name=op.f("fk_contacts_help_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_help_request_id"), "contacts", ["help_request_id"], unique=False)
    op.create_table(
        "exclusions",
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["caseworker_id"], ["caseworkers.id"], name=op.f("fk_exclusions_caseworker_id")),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_requests.id"], name=op.f("fk_exclusions_help_request_id")
        ),
        sa.PrimaryKeyConstraint("help_request_id", "caseworker_id", name=op.f("pk_exclusions")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=False),
        sa.Column("help_request_id", sa.Uuid(), nullable=True),
        sa.Column("effort_minutes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_request_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["caseworker_id"], ["caseworkers.id"], name=op.f("fk_holds_caseworker_id")),
        sa.ForeignKeyConstraint(["created_by"], ["clients.id"], name=op.f("fk_holds_created_by")),
        sa.ForeignKeyConstraint(["help_request_id"], ["help_requests.id"], name=op.f("fk_holds_help_request_id")),
        sa.ForeignKeyConstraint(
            ["taken_by_request_id"], ["help_requests.id"], name=op.f("fk_holds_taken_by_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_open", "holds", ["caseworker_id"], unique=False, postgresql_where=sa.text("released_at IS NULL")
    )
    op.create_table(
        "private_parts",
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_requests.id"], name=op.f("fk_private_parts_help_request_id")
        ),
        sa.PrimaryKeyConstraint("help_request_id", name=op.f("pk_private_parts")),
    )
    op.create_table(
        "assignment_phases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum("start", "active", "aftercare", name="phase", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("effort_minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_assignment_phases_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_phases")),
    )
    op.create_index(
        op.f("ix_assignment_phases_assignment_id"), "assignment_phases", ["assignment_id"], unique=False
    )
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("help_request_id", sa.Uuid(), nullable=False),
        sa.Column("caseworker_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "rejected",
                "overridden",
                "replaced",
                "expired",
                name="proposalstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("effort_minutes", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cross_district", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("because", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["caseworker_id"], ["caseworkers.id"], name=op.f("fk_proposals_caseworker_id")),
        sa.ForeignKeyConstraint(
            ["help_request_id"], ["help_requests.id"], name=op.f("fk_proposals_help_request_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_proposals_hold_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["proposals.id"], name=op.f("fk_proposals_replaces_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_proposals_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_caseworker_id"), "proposals", ["caseworker_id"], unique=False)
    op.create_index(op.f("ix_proposals_help_request_id"), "proposals", ["help_request_id"], unique=False)
    op.create_index(op.f("ix_proposals_round_id"), "proposals", ["round_id"], unique=False)
    op.create_index(op.f("ix_proposals_state_id"), "proposals", ["state", "id"], unique=False)
    op.create_index(
        "uq_proposals_one_open",
        "proposals",
        ["help_request_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("accept", "reject", "override", name="decisionkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("caseworker_id", sa.Uuid(), nullable=True),
        sa.Column("extra_points", sa.Integer(), nullable=True),
        sa.Column("then_wait", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("holds_back", sa.Boolean(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_decisions_assignment_id")),
        sa.ForeignKeyConstraint(["caseworker_id"], ["caseworkers.id"], name=op.f("fk_decisions_caseworker_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["clients.id"], name=op.f("fk_decisions_decided_by")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_decisions_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_proposal_id"), "decisions", ["proposal_id"], unique=False)
    op.create_index(
        "ix_decisions_holding_back",
        "decisions",
        ["proposal_id"],
        unique=False,
        postgresql_where=sa.text("holds_back"),
    )
