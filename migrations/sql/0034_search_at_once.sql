-- A page of a search and how many there are, by one pass: the token index was asked twice, once for the page and once for the
-- number, which doubled the 2,000 rows that a frequent given name has. Each row comes with `total`, the number of carriers up to
-- `cap`; NULL without a cap, and where the number of the tokens' carriers isn't known at the page's price.
DROP FUNCTION app.search_contacts(integer[], integer[], integer[], integer[], integer[], uuid, integer, boolean);
CREATE FUNCTION app.search_contacts(
    all_of integer[], any_1 integer[], any_2 integer[], any_3 integer[], any_4 integer[],
    before uuid, page integer, common boolean, cap integer DEFAULT NULL)
    RETURNS TABLE (id uuid, total integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
    SET search_path = pg_catalog, public, pg_temp
    SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
DECLARE
    tenant  CONSTANT uuid := app.tenant_id();
    walk    CONSTANT integer := 20000;
    sample  CONSTANT integer := 2000;
    walking boolean := common;
    below   uuid := before;
    near    uuid[];
    counted integer;
    found   integer;
BEGIN
    -- Tokens that one person in fifty or more carries: the index would list them all (129 ms for every fifth of a million) to sort
    -- out the newest fifty. So the newest are looked at: 2,000 say whether 20,000 should hold a page.
    IF walking IS NULL OR (walking AND cap IS NOT NULL) THEN
        near := ARRAY(
            SELECT w.id FROM (
                SELECT c.id, c.tokens FROM public.contacts c
                WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                  AND (before IS NULL OR c.id < before)
                ORDER BY c.id DESC LIMIT sample) w
            WHERE (all_of IS NULL OR w.tokens @> all_of) AND (any_1 IS NULL OR w.tokens && any_1)
              AND (any_2 IS NULL OR w.tokens && any_2) AND (any_3 IS NULL OR w.tokens && any_3)
              AND (any_4 IS NULL OR w.tokens && any_4)
            ORDER BY w.id DESC);
        found := cardinality(near);
        walking := coalesce(walking, found * (walk / sample) >= page);
        -- A fifth less than promised may be bad luck; then the walk for the page goes on to the number.
        IF walking AND found * (walk / sample) >= cap * 4 / 5 THEN
            counted := cap;
        END IF;
    END IF;
    IF walking THEN
        IF counted IS NOT NULL OR found IS NULL OR found < page THEN
            near := ARRAY(
                SELECT w.id FROM (
                    SELECT c.id, c.tokens FROM public.contacts c
                    WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                      AND (before IS NULL OR c.id < before)
                    ORDER BY c.id DESC LIMIT walk) w
                WHERE (all_of IS NULL OR w.tokens @> all_of) AND (any_1 IS NULL OR w.tokens && any_1)
                  AND (any_2 IS NULL OR w.tokens && any_2) AND (any_3 IS NULL OR w.tokens && any_3)
                  AND (any_4 IS NULL OR w.tokens && any_4)
                ORDER BY w.id DESC LIMIT greatest(page, counted));
        END IF;
        found := cardinality(near);
        IF found < counted THEN
            counted := NULL;
        END IF;
        IF found >= page THEN
            IF counted IS NULL AND cap IS NOT NULL THEN
                SELECT count(*) INTO counted FROM (
                    SELECT FROM public.contacts c
                    WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
                      AND (all_of IS NULL OR c.tokens @> all_of) AND (any_1 IS NULL OR c.tokens && any_1)
                      AND (any_2 IS NULL OR c.tokens && any_2) AND (any_3 IS NULL OR c.tokens && any_3)
                      AND (any_4 IS NULL OR c.tokens && any_4)
                    LIMIT cap) hits;
            END IF;
            RETURN QUERY SELECT n, counted FROM unnest(near[1:page]) AS n;
            RETURN;
        END IF;
        SELECT c.id INTO below FROM public.contacts c
        WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL AND (before IS NULL OR c.id < before)
        ORDER BY c.id DESC OFFSET walk - 1 LIMIT 1;
        IF below IS NULL THEN
            RETURN QUERY SELECT n, CASE WHEN cap IS NOT NULL AND before IS NULL THEN found END FROM unnest(near) AS n;
            RETURN;
        END IF;
    ELSE
        near := '{}';
    END IF;
    RETURN QUERY
        WITH hits AS MATERIALIZED (
            SELECT c.id FROM public.contacts c
            WHERE c.tenant_id = tenant AND c.merged_into IS NULL AND c.erased_at IS NULL
              AND (all_of IS NULL OR c.tokens @> all_of) AND (any_1 IS NULL OR c.tokens && any_1)
              AND (any_2 IS NULL OR c.tokens && any_2) AND (any_3 IS NULL OR c.tokens && any_3)
              AND (any_4 IS NULL OR c.tokens && any_4)),
        further AS (
            SELECT h.id FROM hits h WHERE below IS NULL OR h.id < below ORDER BY h.id DESC LIMIT page - cardinality(near)),
        known AS (SELECT CASE WHEN cap IS NOT NULL THEN (SELECT least(count(*), cap)::integer FROM hits) END AS total)
        SELECT n, k.total FROM known k, (SELECT unnest(near) AS n UNION ALL SELECT f.id FROM further f) f
        ORDER BY n DESC;
END $$;
ALTER FUNCTION app.search_contacts(integer[], integer[], integer[], integer[], integer[], uuid, integer, boolean, integer)
    OWNER TO pabal_search;
