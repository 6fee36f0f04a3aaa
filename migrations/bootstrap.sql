-- Run once by a superuser (embedded server) or by a login that may create roles, in the hub's own database.
-- Logins and passwords are made by kit/embedded/bootstrap; this file holds what they may do.
-- pabal_search and pabal_system own the audited SECURITY DEFINER functions: they pass RLS by policies of their own,
-- FOR SELECT and a few named columns, never by BYPASSRLS. pabal_owner may hand functions over to them (SET), not act as them (INHERIT).
GRANT pabal_search, pabal_system TO pabal_owner WITH INHERIT FALSE, SET TRUE;
CREATE SCHEMA IF NOT EXISTS extensions;
CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA extensions;
GRANT USAGE ON SCHEMA extensions TO PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
