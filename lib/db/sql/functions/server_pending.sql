-- What is armed, reserved, sending, queued or unconfirmed through an MDM server, in words; null where nothing is.
create or replace function server_pending(server uuid) returns text language sql stable as $$
  select pending from (
    select 1 as rank, t.number::bigint as nth, 'trial T-' || t.number || ' is ' || t.state as pending
    from trials t join devices d on d.id = t.device_id
    where d.mdm_server_id = server and t.state in {{about_to_send_states}}
    union all
    select 2, 0, c.request_type || ' is ' || c.state || ' on ' || coalesce(d.lab_tag, d.name)
    from commands c join devices d on d.id = c.device_id
    where c.mdm_server_id = server and {{open_command}}
  ) found order by rank, nth, pending limit 1
$$;
