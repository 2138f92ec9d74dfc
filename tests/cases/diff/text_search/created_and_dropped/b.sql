CREATE TEXT SEARCH DICTIONARY "My Dict" (TEMPLATE = simple, accept = false, stopwords = 'english');
CREATE TEXT SEARCH CONFIGURATION came (COPY = english);
ALTER TEXT SEARCH CONFIGURATION came ALTER MAPPING FOR asciiword WITH "My Dict", english_stem;
CREATE TEXT SEARCH PARSER par (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype, HEADLINE = prsd_headline);
CREATE TEXT SEARCH TEMPLATE tem (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY from_tem (TEMPLATE = tem);
