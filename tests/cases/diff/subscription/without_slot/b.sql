CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 dbname=y' PUBLICATION p, q WITH (connect = false, slot_name = NONE, synchronous_commit = 'on');
CREATE SUBSCRIPTION t CONNECTION 'host=127.0.0.1 dbname=y' PUBLICATION "P Q" WITH (connect = false, slot_name = NONE, binary = true, streaming = true);
COMMENT ON SUBSCRIPTION t IS 't';
