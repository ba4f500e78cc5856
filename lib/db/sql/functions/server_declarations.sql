-- A declaration that is, or may be, kept for a device at the server of declarations of an MDM server, in words; null where
-- there is none. What was sent is there until its removal has come to its end.
create or replace function server_declarations(server uuid) returns text language sql stable as $$
  select 'declaration ' || c.slot_ordinal || ' of trial T-' || t.number || ' is ' || case
      when r.command_uuid is not null then 'being taken back there'
      else 'there, or may be'
    end
  from commands c join trials t on t.id = c.trial_id
    left join declaration_removals r on r.command_uuid = c.command_uuid
  where c.mdm_server_id = server and c.request_type = {{enforcement_type}} and c.sending_at is not null
    and r.finished_at is null
    -- What was left at an earlier address is not there.
    and c.declarations_url = (select coalesce(s.declarations_url, s.url) from mdm_servers s where s.id = server)
  order by t.number, c.slot_ordinal limit 1
$$;
