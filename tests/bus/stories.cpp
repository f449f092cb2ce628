// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bus/stories.h"

namespace test {

IncomingCall::IncomingCall(Station& station_, const std::string& description, const std::string& headers)
    : station(station_), peer(), call(peer, station.uri(), station.port()), invite(call.invite(description, headers)) {
  session = station.called();
  station.accept(session);
  peer.expect(180);
  ok = peer.expect(200, "INVITE");
  call.learn(ok);
  call.acknowledge(invite);
  station.wait(session, "DidStart");
}

OutgoingCall::OutgoingCall(Station& station_, const std::string& description, const std::string& headers)
    : station(station_),
      peer(),
      session(station.call(peer.uri())),
      invite(peer.expect("INVITE")),
      call(peer, invite, station.port()) {
  call.answer(invite, description, headers);
  station.wait(session, "DidStart");
}

}  // namespace test
