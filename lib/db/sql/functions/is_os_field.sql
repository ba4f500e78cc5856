create or replace function is_os_field(field text) returns boolean immutable parallel safe language sql as $$
  select field = any (public.os_fields())
$$;
