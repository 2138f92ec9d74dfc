ALTER TYPE "SpecimenStatus" ADD VALUE 'in_transit' AFTER 'collected';
