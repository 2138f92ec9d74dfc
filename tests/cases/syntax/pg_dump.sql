--
-- PostgreSQL database dump
--

\restrict rWb3Fq5aUGd0cI0eUeK

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;

CREATE TABLE public.patient (
    id integer NOT NULL,
    name text
);

ALTER TABLE public.patient OWNER TO app;
CREATE SEQUENCE public.patient_id_seq AS integer START WITH 1;
ALTER SEQUENCE public.patient_id_seq OWNED BY public.patient.id;
ALTER TABLE ONLY public.patient ALTER COLUMN id SET DEFAULT nextval('public.patient_id_seq'::regclass);

COPY public.patient (id, name) FROM stdin;
1	Åsa
2	\N
\.

SELECT pg_catalog.setval('public.patient_id_seq', 2, true);
ALTER TABLE ONLY public.patient ADD CONSTRAINT patient_pkey PRIMARY KEY (id);

\unrestrict rWb3Fq5aUGd0cI0eUeK
