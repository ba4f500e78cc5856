-- The 128 bits of a UUID as a number, one for each. A range of numbers has an index of the kind that exclusion
-- constraints need in every PostgreSQL, while a UUID has one in the extension btree_gist alone.
create or replace function uuid_number(id uuid) returns numeric language sql immutable strict parallel safe as $$
  select ('x' || left(hex, 16))::bit(64)::bigint::numeric * 18446744073709551616 + ('x' || right(hex, 16))::bit(64)::bigint::numeric
  from (select replace(id::text, '-', '') as hex) as one
$$;
