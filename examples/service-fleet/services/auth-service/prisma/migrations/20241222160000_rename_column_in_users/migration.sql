-- Timestamps end in "At" everywhere else.
ALTER TABLE "User" RENAME COLUMN "lastLogin" TO "lastLoginAt";
