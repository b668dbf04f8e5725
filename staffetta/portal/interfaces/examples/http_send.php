<?php
$call = curl_init("@URL@/http/send_sms");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_POSTFIELDS => http_build_query([
        "authlogin" => "@LOGIN@",
        "authpasswd" => @PASSWORD@,
        "sender" => base64_encode("BRUNI"),
        "body" => base64_encode("Il tuo ordine è pronto."),
        "destination" => "393300000001",
        "id_api" => "@TYPE@",
        "client_id" => "order-" . uniqid(),
    ]),
]);
echo curl_exec($call), "\n";
