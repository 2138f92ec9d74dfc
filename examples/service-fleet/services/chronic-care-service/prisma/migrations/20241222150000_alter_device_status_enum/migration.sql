ALTER TYPE "DeviceStatus" ADD VALUE 'maintenance' AFTER 'active';
