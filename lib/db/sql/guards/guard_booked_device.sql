-- Within the window of a booking only its own trial is registered on the device: `keepsDevice` of
-- lib/domain/planning/booking, by the time of the registration itself.
create or replace function guard_booked_device() returns trigger language plpgsql as $$
declare by_name text;
begin
  select b.booked_by_name into by_name from bookings b left join trials t on t.id = b.trial_id
  where b.device_id = new.device_id and b.end_kind is null and b.trial_id is distinct from new.id
    and b.starts_at <= new.registered_at and new.registered_at < b.ends_at
    and not (t.id is not null and t.released_at is not null and t.state in {{closed_trial_states}})
  limit 1;
  if found then
    raise exception 'the device is booked by % for another trial', by_name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_registered_on_no_booked_device before update on trials
  for each row when (old.state = 'draft' and new.state = 'registered') execute function guard_booked_device();
