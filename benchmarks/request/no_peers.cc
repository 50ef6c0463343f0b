// duomo_request without peers: Duomo alone, where none of their libraries is installed.
#include "assembly.h"

namespace duomo::bench {

std::vector<MakeFinder> Finders() { return {}; }
void SetPeerThreads(unsigned) {}
std::unique_ptr<Assembly> MakePeer(const Shop&, const PeerOptions&, Finder&) { return nullptr; }

}  // namespace duomo::bench
