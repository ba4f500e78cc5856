-- Whether an admin's link had given the signer a new password in the hours before they signed (hoursAfterReset of lib/domain): who makes such
-- a link can use it and sign in the other's name. One row, or none. The link that was used last names its maker.
create or replace function reset_before_signature(signer text, signed_at timestamptz)
returns table (reset_at timestamptz, reset_by text, second_factors_removed boolean) language sql stable as $$
  select max(l.used_at), (array_agg(l.made_by_name order by l.used_at desc, l.id))[1], bool_or(l.removes_second_factors)
  from person_links l
  where l.kind = 'reset' and l.person_id = signer and l.used_at between signed_at - interval '{{hours_after_reset}} hours' and signed_at
  having count(*) > 0
$$;
