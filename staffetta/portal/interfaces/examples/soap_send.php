<?php
$service = new SoapClient("@URL@/soap/BCP?wsdl");
$answer = $service->send_sms([
    "authlogin" => "@LOGIN@",
    "authpasswd" => @PASSWORD@,
    "sms" => [[
        "sender" => base64_encode("BRUNI"),
        "body" => base64_encode("Il tuo ordine è pronto."),
        "destination" => "393300000001",
        "id_api" => @TYPE@,
    ]],
]);
print_r($answer);
