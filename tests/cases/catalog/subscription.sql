CREATE SUBSCRIPTION from_far CONNECTION 'host=127.0.0.1 port=1 dbname=x password=secret' PUBLICATION b, a
  WITH (connect = false, slot_name = NONE, binary = true, synchronous_commit = 'remote_apply', disable_on_error = true);
COMMENT ON SUBSCRIPTION from_far IS 'from there';
ALTER SUBSCRIPTION from_far OWNER TO CURRENT_USER;
