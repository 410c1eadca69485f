// Builds the program by its module's name: `go install` refuses a module that replaces another.
module bench

go 1.22

require github.com/ory/hydra/v2 v2.3.0

// as its own go.mod has it
replace github.com/gobuffalo/pop/v6 => github.com/ory/pop/v6 v6.2.1-0.20241121111754-e5dfc0f3344b
