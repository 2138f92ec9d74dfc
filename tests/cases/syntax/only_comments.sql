-- nothing here
;;
/* nor here */