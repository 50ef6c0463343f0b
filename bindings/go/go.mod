module duomo.dev/duomo

go 1.25
