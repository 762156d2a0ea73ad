# Which coded groups calibrate; which are kept out of training because they were
# looked at while the model was made; and which nobody had looked at when it was
# finished: only those are evaluated. All others train, together with the
# synthetic study (fragments written by hand).
calibrate=tilburg
looked_at=almere,gent
untouched=west,zonnehof
