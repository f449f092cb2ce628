// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/registrar_client.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "daemon/sip/response.h"
#include "daemon/sip/stack.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

constexpr auto longest_transaction = std::chrono::seconds(40);
constexpr std::size_t most_contacts = 100;

unsigned bounded(unsigned long seconds) { return static_cast<unsigned>(std::min(seconds, 0xfffffffful)); }

std::vector<RegisteredContact> contacts_of(const sip_t* sip) {
  std::vector<RegisteredContact> contacts;
  for (const sip_contact_t* contact = sip->sip_contact; contact && contacts.size() < most_contacts;
       contact = contact->m_next) {
    RegisteredContact one{base::to_display(text_of(contact->m_url)), {}};
    if (contact->m_expires) one.expires = base::to_number<unsigned>(text_of(contact->m_expires));
    contacts.push_back(std::move(one));
  }
  return contacts;
}

// Of a header field that the library does not know.
std::string unknown_header(const sip_t* sip, const char* name) {
  for (const sip_unknown_t* one = sip->sip_unknown; one; one = one->un_next)
    if (base::equals_ignoring_case(text_of(one->un_name), name)) return std::string(base::trim(text_of(one->un_value)));
  return {};
}

RegisterAnswer answer_of(int status, const char* phrase, const sip_t* sip) {
  RegisterAnswer answer;
  answer.reason = reason_of(phrase, sip);
  if (!came_from_the_peer(sip)) return answer;
  answer.code = static_cast<unsigned>(status);
  answer.contacts = contacts_of(sip);
  if (sip->sip_expires) answer.expires = bounded(sip->sip_expires->ex_delta);
  if (sip->sip_min_expires) answer.min_expires = bounded(sip->sip_min_expires->me_delta);
  if (sip->sip_retry_after) answer.retry_after = bounded(sip->sip_retry_after->af_delta);
  answer.outbound = sip->sip_require && sip_has_feature(sip->sip_require, "outbound");
  answer.flow_timer = base::to_number<unsigned>(unknown_header(sip, "Flow-Timer")).value_or(0);
  if (const sip_via_t* via = sip->sip_via) {
    answer.seen_address = base::to_display(text_of(via->v_received), 64);
    answer.seen_port = base::to_number<std::uint16_t>(text_of(via->v_rport)).value_or(0);
  }
  return answer;
}

// As the account holds it: a client that is busy when the next request comes is left to itself.
class HeldRegistrar : public Registrar {
 public:
  HeldRegistrar(Stack& stack, std::shared_ptr<const Credentials> credentials, RegistrarListener& listener)
      : stack_(stack.life()),
        credentials_(std::move(credentials)),
        listener_(listener),
        call_id_(base::new_client_nonce()),
        tag_(base::new_client_nonce().substr(0, 16)) {}
  ~HeldRegistrar() override {
    if (RegistrarClient* client = this->client()) client->abandon();
  }

  void send(const Register& request) override {
    Stack* const stack = *stack_;
    if (!stack) return;
    RegistrarClient* client = this->client();
    if (client && client->busy()) client->abandon();
    if (!client || client->busy()) {
      auto owned = std::make_unique<RegistrarClient>(*stack, credentials_, listener_);
      client_ = owned->life();
      client = owned.get();
      stack->adopt(std::move(owned));
    }
    client->send(request, call_id_, tag_);
  }

 private:
  RegistrarClient* client() const { return client_ ? *client_ : nullptr; }

  const std::shared_ptr<Stack*> stack_;
  const std::shared_ptr<const Credentials> credentials_;
  RegistrarListener& listener_;
  const std::string call_id_;
  const std::string tag_;
  std::shared_ptr<RegistrarClient*> client_;
};

}  // namespace

std::unique_ptr<Registrar> hold(Stack& stack, std::shared_ptr<const Credentials> credentials,
                                RegistrarListener& listener) {
  return std::make_unique<HeldRegistrar>(stack, std::move(credentials), listener);
}

RegistrarClient::RegistrarClient(Stack& stack, std::shared_ptr<const Credentials> credentials,
                                 RegistrarListener& listener)
    : stack_(stack), credentials_(std::move(credentials)), listener_(&listener), last_resort_(stack.loop()) {}

RegistrarClient::~RegistrarClient() {
  *life_ = nullptr;
  signer_.reset();
  if (!handle_) return;
  nua_handle_bind(handle_, nullptr);
  nua_handle_destroy(handle_);
}

void RegistrarClient::send(const Register& request, const std::string& call_id, const std::string& tag) {
  route_ = named(request.route, uri_from_text(request.registrar).value_or(Uri{}).host);
  min_expires_ = 0;
  busy_ = true;
  Agent* const agent = stack_.agent_for(route_);
  if (!agent) {
    const std::string fault = "we do not listen on " + route_.transport + ": see sip.transports";
    last_resort_.start(base::Duration(0), [this, fault] { on_tls_fault(fault); });
    return;
  }
  if (handle_ && path_.agent() != agent) {
    signer_.reset();
    nua_handle_bind(handle_, nullptr);
    nua_handle_destroy(std::exchange(handle_, nullptr));
  }
  path_ = Path(*agent, route_);
  if (!handle_) {
    const std::string to = "<" + request.address_of_record + ">";
    handle_ = agent->create_handle(*this, route_, request.registrar, to, to + ";tag=" + tag);
    signer_ = std::make_unique<Signer>(handle_, credentials_, Realms::any);
  }
  signer_->set_next_hop(request.route);
  const std::string proxy = path_.first_hop();
  std::string route = "<sip:" + host_in_uri(route_.host) + ":" + std::to_string(route_.port);
  if (route_.transport != "udp") route += ";transport=" + route_.transport;
  route += ";lr>";
  std::string contact = "<" + request.contact + ">";
  // RFC 5626, 4.2.1: one flow, the first.
  if (request.outbound) contact += ";reg-id=1;+sip.instance=\"<" + request.instance + ">\"";
  if (!request.former_contact.empty()) contact += ", <" + request.former_contact + ">;expires=0";
  const std::string expires = request.expires ? std::to_string(*request.expires) : "";
  // By nua_method, which has neither a timer nor a contact of its own: when to register is for the account to say.
  nua_method(handle_, NUTAG_METHOD("REGISTER"), NUTAG_DIALOG(0),
             TAG_IF(proxy.empty(), NUTAG_INITIAL_ROUTE_STR(route.c_str())),
             TAG_IF(!proxy.empty(), NUTAG_PROXY(proxy.c_str())), SIPTAG_CALL_ID_STR(call_id.c_str()),
             SIPTAG_CONTACT_STR(contact.c_str()), TAG_IF(request.outbound, SIPTAG_SUPPORTED_STR("path, outbound")),
             TAG_IF(request.expires, SIPTAG_EXPIRES_STR(expires.c_str())), TAG_END());
}

// Over TLS the library would wait on. It has its handle until it gives up.
void RegistrarClient::on_tls_fault(const std::string& fault) {
  if (!busy_ || !listener_) return;
  RegistrarListener* const listener = listener_;
  *life_ = nullptr;
  abandon();
  RegisterAnswer answer;
  answer.reason = fault;
  listener->on_register_answer(answer);
}

void RegistrarClient::abandon() {
  listener_ = nullptr;
  if (!busy_) return stack_.remove(*this);
  // nua never frees a request whose handle goes before its final response: that comes, or Timer F makes one.
  last_resort_.start(longest_transaction, [this] { stack_.remove(*this); });
}

RegisterAnswer RegistrarClient::judged(RegisterAnswer answer) const {
  answer.min_expires = std::max(answer.min_expires, min_expires_);
  answer.realm = signer_->realm();
  if (answer.code == 0 && !path_.fault().empty()) answer.reason = base::to_display(path_.fault());
  const std::string source = peer_of(stack_.message()).address;
  if (answer.code != 0 && !source.empty() && source != route_.host) {
    answer = {};
    answer.reason = "the response came from " + source + " and not from the registrar";
  }
  return answer;
}

void RegistrarClient::on_event(nua_event_t event, int status, const char* phrase, const sip_t* sip) {
  if (event != nua_r_method || !busy_) return;
  if (status < 200) {
    if (is_restarted(status, sip) && sip->sip_min_expires) min_expires_ = bounded(sip->sip_min_expires->me_delta);
    return;
  }
  busy_ = false;
  const RegisterAnswer answer = judged(answer_of(status, phrase, sip));
  RegistrarListener* const listener = std::exchange(listener_, answer.code / 100 == 2 ? listener_ : nullptr);
  if (!listener_) {
    // What was refused begins anew with the next request, without its challenges. With a challenge of no digest nua
    // still waits for a password: this tells it that none comes.
    if (status == 401 || status == 407) nua_authenticate(handle_, TAG_END());
    *life_ = nullptr;
    stack_.remove(*this);
  }
  if (listener) listener->on_register_answer(answer);
}

}  // namespace sip
