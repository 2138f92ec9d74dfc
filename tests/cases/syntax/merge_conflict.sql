CREATE TABLE visit (
    id bigint PRIMARY KEY,
<<<<<<< HEAD
    note text
||||||| base
    remark text
=======
    comment text
>>>>>>> other branch
);
/*
=======
a comment may be underlined
*/
SELECT '
<<<<<<< and so may a text';
