CREATE SUBSCRIPTION slotted CONNECTION 'postgresql://me:secret@127.0.0.1:1/x' PUBLICATION a
  WITH (connect = false, enabled = false, slot_name = 'the_slot', origin = none, streaming = parallel, run_as_owner, password_required = false);
ALTER SUBSCRIPTION slotted ENABLE;
