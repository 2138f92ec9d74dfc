-- accept-rename: ticket=voucher
-- forbidden: DROP
CREATE SEQUENCE ticket START 5;
CREATE TABLE t (n bigint DEFAULT nextval('ticket'), s text DEFAULT 'ticket');
