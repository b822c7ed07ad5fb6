"""工会劳动法律监督: the letters of the union to employers and departments (一函两书)."""
