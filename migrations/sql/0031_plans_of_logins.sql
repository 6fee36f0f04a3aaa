-- Each request begins with one of these. Connections plan every statement anew (src/pabal/kit/db/pool.py), those inside a
-- function too: 0.24 ms of CPU a call; with a plan made once per connection 0.08 ms. Both find their row by a unique hash,
-- so that no value of the argument wants another plan.
SET LOCAL ROLE pabal_system;
ALTER FUNCTION app.session_by_hash(bytea, interval) SET plan_cache_mode = 'force_generic_plan';
ALTER FUNCTION app.api_key_by_hash(bytea) SET plan_cache_mode = 'force_generic_plan';
RESET ROLE;
